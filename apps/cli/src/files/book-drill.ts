import type { Client } from '@firedrill/contracts'

/** The drill of a scenario in an environment, booked when there is none yet; answers its id. */
export async function bookDrill(client: Client, scenario: string, environment: string): Promise<string> {
  const known = (await client.drills.list()).find(
    (drill) => drill.scenario === scenario && drill.environment === environment,
  )
  return (known ?? (await client.drills.book({ scenario, environment }))).id
}
