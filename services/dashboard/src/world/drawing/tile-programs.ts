import { NOBODY } from '../../../../protocol/pictures/scales.ts';
import type { Mark } from '../../state/selection.ts';
import type { Screen } from '../view/camera.ts';
import { createProgram, type Program } from './programs.ts';
import { RECTANGLE_VERTEX, type TileKind, tileFragment } from './shaders.ts';

/** Texture units. */
const UNITS = { tile: 0, palette: 1, kinds: 2 } as const;
/** The colour of what nobody lives in, red, green, blue from 0 to 1. */
export const BACKGROUND = NOBODY.map((channel) => channel / 255) as [number, number, number];

/** The programs that draw tiles: that of most layers is begun at once, each other when it is needed first. */
export class TilePrograms {
  readonly #gl: WebGL2RenderingContext;
  readonly #compiled = new Map<string, Program>();
  #used: Program | undefined;

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    this.#programFor({ isColour: true, isMarking: false });
  }

  /** Makes the program for a kind of tile the current one, with what it needs of a picture of the screen. @throws CannotDraw */
  use(kind: TileKind, { screen, mark }: { screen: Screen; mark: Mark | undefined }): Program {
    const program = this.#programFor(kind);
    if (program === this.#used) return program;
    this.#used = program;
    const gl = this.#gl;
    gl.useProgram(program.program);
    for (const [name, unit] of Object.entries(UNITS)) gl.uniform1i(program.uniform(name), unit);
    gl.uniform2f(program.uniform('screen'), screen.width, screen.height);
    gl.uniform3f(program.uniform('nobody'), ...BACKGROUND);
    const marked = mark?.colour ?? 0;
    gl.uniform3ui(program.uniform('marked'), marked >>> 16, (marked >>> 8) & 0xff, marked & 0xff);
    return program;
  }

  /** The picture is drawn: the next one has another screen and another mark. */
  drawn(): void {
    this.#used = undefined;
  }

  #programFor(kind: TileKind): Program {
    const name = JSON.stringify(kind);
    const known = this.#compiled.get(name);
    if (known !== undefined) return known;
    const program = createProgram(this.#gl, RECTANGLE_VERTEX, tileFragment(kind));
    this.#compiled.set(name, program);
    return program;
  }
}
