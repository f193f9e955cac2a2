/** What B3 headers say of a trace: Zipkin's b3-propagation, single and multi form. */
export interface B3 {
  /** 32 digits; undefined where the headers hold a decision and no ids. */
  readonly traceId: string | undefined;
  /** 16 digits; undefined with `traceId`. */
  readonly spanId: string | undefined;
  /** `defer` leaves the decision to the receiver; `debug` keeps the trace whatever samplers say. */
  readonly sampling: B3Sampling;
}

export type B3Sampling = "accept" | "deny" | "debug" | "defer";

/** Which of the two forms a caller uses. */
export type B3Form = "none" | "single" | "multi" | "both";

type HeaderReader = (name: string) => string | undefined;

/** Reads B3 headers; the single header wins where both forms came. Undefined where there are none, or no legal ones. */
export function readB3(header: HeaderReader): B3 | undefined {
  const single = header("b3");
  if (single !== undefined) return fromSingle(single);
  const traceId = header("x-b3-traceid");
  const sampling = samplingOf(header("x-b3-flags") === "1" ? "d" : header("x-b3-sampled"));
  if (traceId === undefined) return sampling === "defer" ? undefined : decisionOnly(sampling);
  return withIds(traceId, header("x-b3-spanid") ?? "", sampling);
}

/** Header lines of one form, flat. A debug trace says so in the place of its decision. */
export function b3Lines(
  form: "single" | "multi",
  traceId: string,
  spanId: string,
  sampling: B3Sampling,
): readonly string[] {
  if (form === "single") return ["b3", `${traceId}-${spanId}${singleState[sampling]}`];
  const ids = ["x-b3-traceid", traceId, "x-b3-spanid", spanId];
  if (sampling === "debug") return [...ids, "x-b3-flags", "1"];
  return sampling === "defer" ? ids : [...ids, "x-b3-sampled", sampling === "accept" ? "1" : "0"];
}

const singleState: Readonly<Record<B3Sampling, string>> = { accept: "-1", deny: "-0", debug: "-d", defer: "" };

const traceIdPattern = /^(?:[0-9a-f]{16}|[0-9a-f]{32})$/i;
const spanIdPattern = /^[0-9a-f]{16}$/i;

function fromSingle(text: string): B3 | undefined {
  const [traceId = "", spanId, state] = text.split("-");
  if (spanId !== undefined) return withIds(traceId, spanId, samplingOf(state));
  const sampling = samplingOf(traceId);
  return sampling === "defer" ? undefined : decisionOnly(sampling);
}

function withIds(traceId: string, spanId: string, sampling: B3Sampling): B3 | undefined {
  if (!traceIdPattern.test(traceId) || !spanIdPattern.test(spanId)) return undefined;
  return { traceId: traceId.toLowerCase().padStart(32, "0"), spanId: spanId.toLowerCase(), sampling };
}

function decisionOnly(sampling: B3Sampling): B3 {
  return { traceId: undefined, spanId: undefined, sampling };
}

/** Older tracers write `true` and `false`. */
function samplingOf(state: string | undefined): B3Sampling {
  switch (state) {
    case "1":
    case "true":
      return "accept";
    case "0":
    case "false":
      return "deny";
    case "d":
      return "debug";
    default:
      return "defer";
  }
}
