export { expectDistribution } from "./expect-distribution.ts";
export { FakeClock } from "./fake-clock.ts";
