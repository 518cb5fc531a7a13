import { AppError, isSandbox, type CompiledEnvironment } from '@firedrill/core'
import type { SignIn } from '../sign-in/sign-in.ts'

/** Until sign-in is configured, only plans may be made for anything but a sandbox. @throws AppError `sandbox-only`. */
export function refuseUnlessSandbox(
  environment: CompiledEnvironment,
  { signIn }: Readonly<{ signIn: SignIn | undefined }>,
): void {
  if (signIn !== undefined || isSandbox(environment)) return
  throw new AppError(
    'sandbox-only',
    `Environment ${environment.name} is not a sandbox on this machine (kind sandbox, a loopback endpoint, static credentials). ` +
      'Only plans can be made for it until sign-in is configured.',
  )
}
