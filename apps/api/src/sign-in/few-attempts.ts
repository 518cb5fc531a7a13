import { AppError, type Clock } from '@firedrill/core'

/** Lets so many attempts through in a window, and refuses the rest before they cost anything. @throws AppError `too-many-requests`. */
export function fewAttempts(
  clock: Pick<Clock, 'monotonicMs'>,
  { max, windowMs }: Readonly<{ max: number; windowMs: number }>,
): () => void {
  let times: readonly number[] = []
  return () => {
    const now = clock.monotonicMs()
    times = times.filter((time) => time > now - windowMs)
    if (times.length >= max)
      throw new AppError(
        'too-many-requests',
        `At most ${max} attempts in ${Math.round(windowMs / 1000)} seconds; wait.`,
      )
    times = [...times, now]
  }
}
