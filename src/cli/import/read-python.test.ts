import { describe, expect, it } from 'vitest'
import { type PythonValue, templateOf } from './python-values.ts'
import { readPython } from './read-python.ts'
import { toConfigText } from './template.ts'

/** What our configuration would hold for the value of X. */
function textOf(source: string): string | undefined {
  const value = readPython(source).values.get('X')?.value
  const template = templateOf(value)
  return template && toConfigText(template)
}

const whyOf = (value: PythonValue | undefined) => (value?.kind === 'unknown' ? value.why : undefined)

describe('a text of a Python file', () => {
  it.each([
    [`X = 'plain'`, 'plain'],
    [`X = "it's"  # a comment with 'quotes'`, "it's"],
    [`X: str = r'C:\\n'`, 'C:\\n'],
    [`X = 'a\\'b\\u00f1\\x41'`, "a'bñA"],
    [`X = """one"""`, 'one'],
    [`X = ('rtsp://'\n     'host')`, 'rtsp://host'],
    [`X = 'a' + \\\n  'b'`, 'ab'],
    [`A = 'u'\nX = f'{A}:{A!s}@{{}}'`, 'u:u@{}'],
    [`N = 3\nX = f'cam{N:02d}'`, 'cam03'],
    [`D = {'u': 'me'}\nX = f"{D["u"]}-{D['u']}"`, 'me-me'],
    [`D = dict(u='me')\nX = D['u'] + D.get('v', '!')`, 'me!'],
    [`X = '%s:%02d%%' % ('a', 7)`, 'a:07%'],
    [`X = '%(u)s' % {'u': 'me'}`, 'me'],
    [`X = '{}{1}{k}{{'.format('a', 'b', k='c')`, 'abc{'],
    [`U = 'http://{}'\nX = U.format('h')`, 'http://h'],
    [`X = str(5) + 'x'`, '5x'],
    [`X = quote('p@ss')`, 'p%40ss'],
    [`X = urllib.parse.quote_plus('a/b')`, 'a%2Fb'],
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: this is how placeholders are written
    [`X = os.environ['CAM']`, '${CAM}'],
    [`X = os.getenv('CAM')`, '${CAM}'],
    [`X = os.environ.get("CAM", 'd')`, '${CAM:-d}'],
    [`X = os.environ.get("CAM") or 'd'`, '${CAM:-d}'],
    [`X = os.environ.get("CAM", 'a}b')`, '${CAM}'],
    [`from os import environ\nP = environ.get('P')\nX = f'rtsp://u:{quote(P)}@h'`, 'rtsp://u:${P}@h'],
    [`X = '\${NOT_OURS}'`, '$${NOT_OURS}'],
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: this is how placeholders are written
  ])('%s', (source, text) => {
    expect(textOf(source)).toBe(text)
  })

  it.each([
    [`X = open('secret').read()`, 'the call of open() is not run'],
    [`X = {str(i): 'a' for i in range(3)}`, 'it is made by a loop, which is not run: write its entries out'],
    [`X = OTHER + 'x'`, 'the name OTHER is not known'],
    [`X = f'{secret()}'`, 'the call of secret() is not run'],
    [`X = 'a' if y else 'b'`, 'what begins at "if" is not understood'],
    [`X = '%s' % open('f')`, 'the format of a text is not understood'],
  ])('is not known where only Python could tell: %s', (source, why) => {
    expect(whyOf(readPython(source).values.get('X')?.value)).toBe(why)
  })
})

describe('a Python file', () => {
  it('is read at its top level, and what could matter and is passed over is said with its line', () => {
    const { values, notes } = readPython(
      `"""Words."""\nimport os\nload_dotenv()\nA = {}\nA['1'] = 'one'\nA['1'] = 'two'\nif A:\n    B = 1\nelse: B = 2\ndef f():\n    return 1\n@app.get('/')\ndef g(): pass\nprint('x')\nA.update(f())\nif __name__ == '__main__':\n    f()\n`,
    )
    expect([...values.keys()]).toEqual(['A'])
    expect(values.get('A')?.value).toMatchObject({ kind: 'dict', entries: [{ value: { template: ['two'] }, line: 6 }] })
    expect(notes.map(({ line }) => line)).toEqual([3, 7, 9, 15])
  })

  it('may keep its settings in a class', () => {
    const { values } = readPython(
      `class Config(Base):\n    """Words."""\n    X = 'x'\n    def f(self):\n        Y = 1\n    Z = X + 'z'\nW = 'w'\n`,
    )
    expect([...values.keys()]).toEqual(['X', 'Z', 'W'])
    expect(templateOf(values.get('Z')?.value)).toEqual(['xz'])
  })

  it('repeats nothing that may be a password without quotes', () => {
    expect(whyOf(readPython('X = 12 34').values.get('X')?.value)).toBe('it is not understood')
  })

  it('is never run, and ends whatever it holds', () => {
    const pieces = [
      '{',
      '}',
      '(',
      '[',
      ']',
      '"',
      "'",
      '"""',
      'f"{',
      '%',
      '=',
      'X',
      ':',
      ',',
      '\n',
      ' ',
      '\\',
      '#',
      'for',
      '\u00f1',
      '{{',
      '.get(',
    ]
    let seed = 7
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
      return seed % below
    }
    for (let round = 0; round < 2000; round++) {
      const text = Array.from({ length: random(40) }, () => pieces[random(pieces.length)]).join('')
      expect(readPython(`X = ${text}`).values).toBeDefined()
    }
  })
})
