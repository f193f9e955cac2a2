import type { Exchange } from "./exchange.ts";
import type { Outcome } from "./outcome.ts";

/** Resolves for every expected ending; a rejection is a defect. */
export type Service = (exchange: Exchange) => Promise<Outcome>;

/** Wraps the next service. */
export type Filter = (next: Service) => Service;
