/** Shells that completion is for. */
export const shells = ["bash", "zsh", "fish"] as const;

/** One of them. */
export type Shell = (typeof shells)[number];

/**
 * What makes a shell ask this command for completions. Each script hands over the words up to the cursor, the last one
 * as far as it is typed, and shows the lines that come back; no line: files.
 */
export const completionScripts: Readonly<Record<Shell, string>> = {
  bash: `_intramesh() {
  local IFS=$'\\n'
  COMPREPLY=($(intramesh __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _intramesh intramesh
`,
  zsh: `#compdef intramesh
_intramesh() {
  local -a found
  found=("\${(@f)$(intramesh __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "$found" ]]; then compadd -a found; else _files; fi
}
compdef _intramesh intramesh
`,
  fish: `function __intramesh_complete
  set -l words (commandline -opc) (commandline -ct)
  intramesh __complete -- $words[2..-1] 2>/dev/null
end
complete -c intramesh -f -n 'test -n "$(__intramesh_complete)"' -a '(__intramesh_complete)'
`,
};
