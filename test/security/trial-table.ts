import { TRIALS } from './trials.ts'

/** The trials as the pages about security list them. */
export function trialTable(language: 'en' | 'es'): string {
  const head = language === 'en' ? ['', 'Tried', 'Answer'] : ['', 'Se intenta', 'Respuesta']
  const rows = TRIALS.map(({ id, what, answer }) =>
    [id, what[language], answer[language]].map((cell) => cell.replaceAll('|', '\\|')),
  )
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`.replace('|  |', '| |')).join('\n')
}

/** The page with the table of today between its two marks. */
export function withTrialTable(page: string, language: 'en' | 'es'): string {
  const [before, rest = ''] = page.split(BEGIN, 2)
  const [, after = ''] = rest.split(END, 2)
  if (rest === '' || after === '') throw new TypeError(`The page has no ${BEGIN} with ${END} after it.`)
  return `${before}${BEGIN}\n\n${trialTable(language)}\n\n${END}${after}`
}

const BEGIN = '<!-- written by: npm run test:security -- --write -->'
const END = '<!-- end of what is written -->'
