/** One place behind a name. */
export interface ResolvedAddress {
  /** IPv4 or IPv6, as text, without brackets. */
  readonly address: string;
  /** From an SRV record; undefined: the endpoint's own port. */
  readonly port: number | undefined;
  /** From an SRV record; 1 where there is none. */
  readonly weight: number;
}

/** What is known of a name after a look-up. Never without addresses. */
export interface NameAnswer {
  /** In the order of the answer, IPv4 first. */
  readonly addresses: readonly ResolvedAddress[];
  /** How long the name server vouches for it, in milliseconds; undefined where nobody says. */
  readonly ttlMs: number | undefined;
}

/**
 * Looks a name up once. `before` is the last good answer: of an address family that cannot be asked for now, its addresses
 * stand. Rejects with an Error whose message is fit for people where there are no addresses.
 */
export type LookUpName = (name: string, before: NameAnswer | undefined) => Promise<NameAnswer>;
