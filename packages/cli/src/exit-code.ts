/** How a command ends, for scripts. */
export const exitCodes = {
  fine: 0,
  /** The thing asked about is not fine: not found, not valid, findings. */
  notFine: 1,
  /** The command line makes no sense. */
  usage: 2,
  /** The registry cannot be reached. */
  unreachable: 3,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
