/** A local agent answers within some ms; one that is electing a leader within some seconds. */
const patienceMs = 5_000;

/** Rejects, naming the option, where no Consul agent with a leader answers at this URL. */
export async function requireConsul(url: string, signal: AbortSignal): Promise<void> {
  const problem = await findProblem(url, signal);
  if (problem === undefined) return;
  throw new Error(`--consul ${url}: ${problem}; \`consul agent -dev\` starts one, --consul URL names another`);
}

async function findProblem(url: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
    const response = await fetch(`${url}/v1/status/leader`, { signal: patience });
    const leader = response.ok ? ((await response.json()) as unknown) : "";
    return leader === "" ? "the agent there knows of no leader" : undefined;
  } catch (error) {
    signal.throwIfAborted();
    const { cause, message } = error as Error;
    return `no Consul agent answers there (${(cause as Error | undefined)?.message ?? message})`;
  }
}
