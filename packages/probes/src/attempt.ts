/** How one attempt of a probe ended, before the prober's own condition is considered. */
export type Attempt =
  | Readonly<{ end: 'good'; answers: string }>
  /**
   * `isProven`: the failure is an answer in itself (a refusal, a status, NXDOMAIN), which a late prober can delay but not
   * invent. A timeout is not: the prober may have been asleep while the answer lay waiting.
   */
  | Readonly<{ end: 'bad'; detail: string; isProven: boolean }>
  /** Our own equipment failed (the proxy, the resolver's port), so nothing was learned about the service. */
  | Readonly<{ end: 'unusable'; detail: string }>

/** A step of an attempt: its value, or how the attempt ended there. */
export type StepResult<T> = Readonly<{ ok: true; value: T } | { ok: false; attempt: Attempt }>

/** A step that went well. */
export function succeed<T>(value: T): StepResult<T> {
  return { ok: true, value }
}

/** A step that ended the attempt. */
export function ended(attempt: Attempt): Extract<StepResult<never>, { ok: false }> {
  return { ok: false, attempt }
}

/** A failure that is an answer in itself. */
export function proven(detail: string): Attempt {
  return { end: 'bad', detail, isProven: true }
}

/** A failure that a late prober could have brought about. */
export function unproven(detail: string): Attempt {
  return { end: 'bad', detail, isProven: false }
}

/** What went wrong with our own equipment. */
export function unusable(detail: string): Attempt {
  return { end: 'unusable', detail }
}

/** The end of an attempt by a socket's error, or by the signal. `phase` is where it was: `dns`, `connect`, `tls`, `http`. */
export function attemptOfError(error: unknown, phase: string, signal: AbortSignal): Attempt {
  return signal.aborted ? unproven(`timeout ${phase}`) : attemptOfCode(codeOf(error), phase)
}

/** The end of an attempt by the code of a socket's error. */
export function attemptOfCode(code: string, phase: string): Attempt {
  switch (code) {
    case 'ECONNREFUSED':
      return proven('refused')
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ECONNABORTED':
      return unproven('reset')
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return proven('unreachable')
    case 'ETIMEDOUT':
      return unproven(`timeout ${phase}`)
    // Out of sockets or memory: ours, not the service's.
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOBUFS':
    case 'ENOMEM':
    case 'EADDRNOTAVAIL':
      return unusable(`prober ${code}`)
    default:
      return unproven(`${phase} ${code}`)
  }
}

/** A socket error's code, or its first line. */
export function codeOf(error: unknown): string {
  if (error instanceof Error) {
    const { code } = error as NodeJS.ErrnoException
    return typeof code === 'string' ? code : (error.message.split('\n')[0] ?? error.name).slice(0, 80)
  }
  return String(error).slice(0, 80)
}
