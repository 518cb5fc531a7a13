import { AppError, isLoopback, type CompiledEnvironment } from '@firedrill/core'

/**
 * True when nothing that is done in an environment can leave this machine: it says so, its cloud is on loopback and it brings
 * its own made-up credentials. The kind alone is not believed, because it is only a word in a file.
 */
export function isStartable(environment: CompiledEnvironment): boolean {
  const { endpoint, credentials } = environment.aws
  return (
    environment.environmentKind === 'sandbox' &&
    endpoint !== 'aws' &&
    isLoopback(endpoint) &&
    credentials.source === 'static'
  )
}

/** Until sign-in is configured, only plans may be made for anything but a sandbox. @throws AppError `sandbox-only`. */
export function refuseUnlessSandbox(environment: CompiledEnvironment): void {
  if (isStartable(environment)) return
  throw new AppError(
    'sandbox-only',
    `Environment ${environment.name} is not a sandbox on this machine (kind sandbox, a loopback endpoint, static credentials). ` +
      'Only plans can be made for it until sign-in is configured.',
  )
}
