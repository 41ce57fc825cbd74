/** Counts the modules that v86's JIT makes: each is a page of the guest's code, handed to `WebAssembly.instantiate`. */

/** Of the global `WebAssembly` (Node's types do not have it). */
interface Wasm {
  instantiate: (source: object, imports?: object) => Promise<unknown>;
}

export const { WebAssembly: wasm } = globalThis as unknown as { readonly WebAssembly: Wasm };

interface ModuleCount {
  readonly modules: number;
  readonly bytes: number;
}

export interface ModuleCounter {
  readonly count: () => ModuleCount;
  readonly stop: () => void;
}

/** From now on, until `stop`. Modules that are compiled already (v86 itself) are not counted. */
export function countModules(): ModuleCounter {
  const original = wasm.instantiate;
  let [modules, bytes] = [0, 0];
  // Under this name cpu-profile.ts knows it.
  function instantiate(source: object, imports?: object): Promise<unknown> {
    if (ArrayBuffer.isView(source) || source instanceof ArrayBuffer) {
      modules += 1;
      bytes += source.byteLength;
    }
    return original.call(wasm, source, imports);
  }
  wasm.instantiate = instantiate;
  return { count: () => ({ modules, bytes }), stop: () => void (wasm.instantiate = original) };
}
