import { z } from 'zod'

/** What a scenario may say about a zonal shift. */
export const parameters = z.strictObject({
  /** How many healthy instances that the selector means have to be left in the other zones; 0: nobody says. */
  survivorsMin: z.int().min(0).default(0),
  /** Region, by its name in the environment, in which they are counted; the step's own when empty. */
  survivorsRegion: z.string().default(''),
})
