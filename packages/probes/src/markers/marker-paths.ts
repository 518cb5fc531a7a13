import { DATABASE_VARIABLE, reachOf, type CompiledEnvironment, type MarkerPaths } from '@firedrill/core'
import { httpMarkerPath } from './http-marker-path.ts'
import type { DatabaseLogin } from './postgres-connection.ts'
import { postgresMarkerPath } from './postgres-marker-path.ts'

/** World time that a name server has to answer in. */
const RESOLVE_WITHIN_MS = 2000

/**
 * The built-in write paths: HTTP and PostgreSQL. `variables`: where passwords of databases come from, by the names that
 * environments give; only those that are meant for it are ever read.
 */
export function createMarkerPaths(variables: Readonly<Record<string, string | undefined>>): MarkerPaths {
  return {
    open: (runId, marker, environment, realMs) => {
      const { vantages } = environment.probes
      const vantage = vantages.find(({ name }) => name === marker.vantage) ?? vantages[0]
      if (vantage === undefined) throw new Error(`environment ${environment.name} has no vantage`)
      const timeoutMs = realMs(RESOLVE_WITHIN_MS)
      switch (marker.kind) {
        case 'http': {
          const { proxy, ca } = environment.probes
          return httpMarkerPath(marker, { runId, vantage, proxy, ca, reach: reachOf(environment), timeoutMs })
        }
        case 'postgresql': {
          const { resolver: address } = vantage
          const resolver = address === undefined ? undefined : { address, timeoutMs }
          const open = (name: string) => ({ ...loginOf(name, environment, variables), resolver })
          const database = open(marker.database)
          const isSame = marker.survivor === undefined || marker.survivor === marker.database
          const survivor = isSame ? database : open(marker.survivor ?? '')
          return postgresMarkerPath(marker, { runId, database, survivor })
        }
      }
    },
  }
}

function loginOf(
  name: string,
  environment: CompiledEnvironment,
  variables: Readonly<Record<string, string | undefined>>,
): DatabaseLogin {
  const database = environment.databases?.[name]
  if (database === undefined)
    throw new Error(`environment ${environment.name} has no database ${name}: name it under spec.databases`)
  const { url, passwordVariable } = database
  if (passwordVariable === undefined) return { url }
  if (!DATABASE_VARIABLE.test(passwordVariable))
    throw new Error(`${passwordVariable} may not hold a password: FIREDRILL_DATABASE_… may`)
  const password = variables[passwordVariable]
  if (password === undefined)
    throw new Error(`the prober has no ${passwordVariable}: set it to the password of database ${name}`)
  return { url, password }
}
