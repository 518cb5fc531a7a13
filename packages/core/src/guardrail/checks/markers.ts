import type { CompiledEnvironment } from '../../environment/environment.ts'
import type { CompiledMarker } from '../../scenario/marker.ts'
import { formatDurationMs } from '../../time/duration.ts'
import { allow, refuse, type Guardrail } from '../guardrail.ts'

/**
 * The numbered writes that measure data loss go where the environment has a place for them, and what nobody takes out again is
 * permitted there. They are a change of ours too, to data.
 */
export const markers: Guardrail = {
  code: 'markers',
  ask({ scenario, environment }) {
    const list = scenario.markers ?? []
    const problems = list.flatMap((marker) => problemsOf(marker, environment))
    if (problems.length > 0) return refuse(problems.join('; '))
    return allow(list.length === 0 ? 'the scenario writes no data' : list.map(inWords).join('; '))
  },
}

function problemsOf(marker: CompiledMarker, environment: CompiledEnvironment): readonly string[] {
  const about = (what: string) => `marker ${marker.name}: ${what}`
  const stays =
    staysForGood(marker) && environment.production && environment.touch.irreversible !== true
      ? [about('its writes stay; a production environment must say touch.irreversible: true')]
      : []
  switch (marker.kind) {
    case 'http': {
      const { vantage } = marker
      const isKnown =
        vantage === undefined || environment.probes.vantages.some(({ name }) => name === vantage)
      return [...stays, ...(isKnown ? [] : [about(`the environment has no vantage ${vantage}`)])]
    }
    case 'postgresql': {
      const wanted = [marker.database, ...(marker.survivor === undefined ? [] : [marker.survivor])]
      const missing = wanted.filter((name) => environment.databases?.[name] === undefined)
      return [...stays, ...missing.map((name) => about(`the environment has no database ${name}`))]
    }
  }
}

/** True when nothing takes the writes out again. A marker with a table of its own drops it. */
function staysForGood(marker: CompiledMarker): boolean {
  return marker.kind === 'http'
    ? marker.cleanUp === undefined
    : marker.statements !== undefined && marker.statements.cleanUp === undefined
}

function inWords(marker: CompiledMarker): string {
  const where = marker.kind === 'http' ? new URL(marker.write.url).host : `database ${marker.database}`
  const after = staysForGood(marker) ? 'left there' : 'taken out after the run'
  return `${marker.name}: a number every ${formatDurationMs(marker.periodMs)} to ${where}, ${marker.writesMax} at most, ${after}`
}
