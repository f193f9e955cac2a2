/** What the product page's own API says of the reviews. */
export interface Reviews {
  readonly status: number;
  /** Instance that wrote them, `reviews-v2-3f9a1c`; empty where there are none. */
  readonly podname: string;
  readonly version: string;
  /** Of the first review: `black`, `red`, or what went wrong; undefined where it has no rating. */
  readonly rating: string | undefined;
}

interface ReviewsBody {
  readonly podname?: string;
  readonly reviews?: readonly { readonly rating?: { readonly color?: string; readonly error?: string } }[];
}

/** The product page asks twice for reviews, three seconds each. */
const longestAnswerMs = 10_000;

/** Somebody who looks at a product page; `user` is signed in. */
export class Visitor {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(url: string, cookie?: string) {
    this.#url = url;
    this.#headers = cookie === undefined ? {} : { cookie };
  }

  /** Signs in with the form of the page. */
  static async signIn(url: string, user: string): Promise<Visitor> {
    const body = new URLSearchParams({ username: user });
    const response = await fetch(`${url}/login`, { method: "POST", body, redirect: "manual" });
    const cookie = response.headers.get("set-cookie")?.split(";", 1)[0];
    if (response.status !== 302 || cookie === undefined) throw new Error(`${user} cannot sign in: ${response.status}`);
    return new Visitor(url, cookie);
  }

  /** `patienceMs` gives up on an answer that is long in coming. */
  async reviews(patienceMs: number = longestAnswerMs): Promise<Reviews> {
    const signal = AbortSignal.timeout(patienceMs);
    return parseReviews(await fetch(`${this.#url}/api/v1/products/0/reviews`, { headers: this.#headers, signal }));
  }

  async page(): Promise<string> {
    const response = await fetch(`${this.#url}/productpage`, { headers: this.#headers });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`the product page answers ${response.status}: ${text}`);
    return text;
  }

  /** How many of `requests` went to which version; `atOnce` run side by side. */
  async countVersions(requests: number, atOnce: number = 16): Promise<Readonly<Record<string, number>>> {
    const counts: Record<string, number> = {};
    let left = requests;
    const ask = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const { version } = await this.reviews();
        counts[version] = (counts[version] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, ask));
    return counts;
  }
}

/** Reads what reviews, or the product page for it, answered. */
export async function parseReviews(response: Response): Promise<Reviews> {
  // Bookinfo's own shape; what is missing shows as an empty podname.
  const { podname = "", reviews = [] } = (await response.json()) as ReviewsBody;
  const rating = reviews[0]?.rating;
  const version = /^reviews-(v\d)-/.exec(podname)?.[1] ?? "none";
  return { status: response.status, podname, version, rating: rating?.color ?? rating?.error };
}
