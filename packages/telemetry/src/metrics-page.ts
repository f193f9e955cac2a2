import type { SeriesMetric } from "./series-metric.ts";

/** A registry of prom-client, of whichever version: what the mesh asks of it. */
export interface MetricsRegistry {
  /** prom-client types its own classes here and asks of a metric no more than a SeriesMetric has. */
  registerMetric(metric: never): void;
  removeSingleMetric(name: string): void;
  /** The page. */
  metrics(): Promise<string>;
  readonly contentType: string;
}

/** A page as somebody scrapes it. */
export interface MetricsText {
  readonly text: string;
  readonly contentType: string;
}

/** The metrics of a mesh. */
export interface MetricsPage {
  add(metric: SeriesMetric): void;
  read(): Promise<MetricsText>;
  /** Takes the metrics out of a registry that others go on using. */
  close(): void;
}

export interface MetricsPageOptions {
  /** Where the metrics go; undefined: to a registry of their own. */
  readonly registry?: MetricsRegistry | undefined;
  /** Add prom-client's default metrics of the process, to a registry of their own only. */
  readonly processMetrics?: boolean;
}

/**
 * Metrics on prom-client, which is loaded when somebody reads them first: it takes 11 ms of an import. A registry that
 * is given gets them at once; throws what it throws for a name that it has already.
 */
export function createMetricsPage(options: MetricsPageOptions = {}): MetricsPage {
  const { registry: given, processMetrics = false } = options;
  const metrics: SeriesMetric[] = [];
  let own: Promise<MetricsRegistry> | undefined;

  async function load(): Promise<MetricsRegistry> {
    const { Registry, collectDefaultMetrics } = await import("prom-client");
    const registry = new Registry();
    for (const metric of metrics) registry.registerMetric(metric as never);
    if (processMetrics) collectDefaultMetrics({ register: registry });
    return registry;
  }

  // They measure from here on: the delay of the event loop, collections of garbage.
  if (processMetrics && given === undefined) {
    own = load();
    // Whoever reads the page hears of it.
    own.catch(() => undefined);
  }

  return {
    add(metric) {
      metrics.push(metric);
      given?.registerMetric(metric as never);
      own?.then(
        (registry) => registry.registerMetric(metric as never),
        () => undefined,
      );
    },
    async read() {
      if (given === undefined) own ??= load();
      const registry = given ?? (await own!);
      return { text: await registry.metrics(), contentType: registry.contentType };
    },
    close() {
      for (const { description } of metrics) given?.removeSingleMetric(description.name);
    },
  };
}
