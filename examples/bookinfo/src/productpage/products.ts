/** A book as the shop lists it. The field names are those of Istio's Bookinfo. */
export interface Product {
  readonly id: number;
  readonly title: string;
  /** HTML. */
  readonly descriptionHtml: string;
}

/** The whole shop. */
export const products: readonly Product[] = [
  {
    id: 0,
    title: "The Comedy of Errors",
    descriptionHtml:
      '<a href="https://en.wikipedia.org/wiki/The_Comedy_of_Errors">The Comedy of Errors</a> is among the first plays of' +
      " <b>William Shakespeare</b>, and his shortest. Two brothers who are alike, and their two servants who are alike too," +
      " come to be in one town without knowing of each other; wives, merchants and the law take each for the other.",
  },
];
