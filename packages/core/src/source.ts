/** Where state comes from. Each update is the whole state; an error means "keep what you have". */
export interface Source<State> {
  /** Starts delivering; at most one subscriber. */
  start(listener: SourceListener<State>): void;
  close(): Promise<void>;
}

/** Hears what a source has to say. */
export interface SourceListener<State> {
  onUpdate(state: State): void;
  /** The source lost touch; it goes on trying. The last state stays in force. */
  onError(error: Error): void;
}
