import { isLoopback } from '../../environment/loopback.ts'
import { allow, refuse, type Guardrail } from '../guardrail.ts'

/** The environment itself says where the cloud is and what to sign with; nothing is looked up elsewhere. */
export const credentials: Guardrail = {
  code: 'credentials',
  ask({ environment: { name, environmentKind, aws } }) {
    const isLocal = aws.endpoint !== 'aws' && isLoopback(aws.endpoint)
    if (environmentKind === 'sandbox' && !isLocal)
      return refuse(`environment ${name} is a sandbox, but its endpoint ${aws.endpoint} is not on loopback`)
    switch (aws.credentials.source) {
      case 'static':
        // Keys that are kept with an environment are kept with every run of it.
        if (!isLocal) return refuse('keys written into an environment may only be those of a simulator')
        if (aws.credentials.accessKeyId === '' || aws.credentials.secretAccessKey === '')
          return refuse(`environment ${name} names no keys`)
        return allow(`the simulator's own keys, for ${aws.endpoint} alone`)
      case 'profile':
        if (environmentKind === 'sandbox') return refuse('a sandbox must not use a profile of this machine')
        return aws.credentials.profile === ''
          ? refuse(`environment ${name} names no profile`)
          : allow(`profile ${aws.credentials.profile}`)
      case 'environment-variables':
        return environmentKind === 'sandbox'
          ? refuse('a sandbox must not use AWS_* variables')
          : allow('the AWS_* variables of the process, as the environment says')
    }
  },
}
