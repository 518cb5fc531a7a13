import type { Instance, Micros } from './model.ts'

/** The page that the application serves, whatever the path. */
export const applicationPage = (instance: Instance, path: string, at: Micros): string => {
  const page = {
    status: 'ok',
    path,
    region: instance.region,
    zone: instance.az,
    instance: instance.id,
    at: new Date(at / 1000).toISOString(),
  }
  return `${JSON.stringify(page)}\n`
}
