// Free of zod, so that a page that needs a word does not load the schemas with it.

/** Media type of every error answer. */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json'

/** How an event should look: a word, never a colour alone. */
export const TONES = ['neutral', 'good', 'bad', 'warning', 'fault', 'undo', 'person'] as const
export type Tone = (typeof TONES)[number]

/** Forms of a run's report, named by their file endings. */
export const REPORT_FORMATS = ['html', 'json', 'csv', 'md'] as const
export type ReportFormat = (typeof REPORT_FORMATS)[number]

/** `failing`: an essential part does not work. `degraded`: only parts one can do without for a while. */
export const HEALTH_STATES = ['ok', 'degraded', 'failing'] as const
