import { AppError, isSandbox, type CompiledEnvironment } from '@firedrill/core'

/** Until sign-in is configured, only plans may be made for anything but a sandbox. @throws AppError `sandbox-only`. */
export function refuseUnlessSandbox(environment: CompiledEnvironment): void {
  if (isSandbox(environment)) return
  throw new AppError(
    'sandbox-only',
    `Environment ${environment.name} is not a sandbox on this machine (kind sandbox, a loopback endpoint, static credentials). ` +
      'Only plans can be made for it until sign-in is configured.',
  )
}
