export { expectDistribution } from "./expect-distribution.ts";
export { FakeClock } from "./fake-clock.ts";
export { type PushedState, type PushSource, pushSource } from "./push-source.ts";
