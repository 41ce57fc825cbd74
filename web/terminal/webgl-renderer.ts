/**
 * Draws a terminal on the graphics processor. The DOM renderer, which is always there, takes over where WebGL is
 * missing, would run in software (slower than the DOM, and at the emulator's expense), or loses its context.
 */
import type { Terminal } from "@xterm/xterm";

export type RendererChoice = "auto" | "dom";
export type RendererInUse = "webgl" | "dom";

/** Resolves to the renderer in use; `onChange` is called when it falls back later. */
export async function attachRenderer(
  terminal: Terminal,
  choice: RendererChoice,
  onChange: (renderer: RendererInUse) => void,
): Promise<RendererInUse> {
  if (choice === "dom" || !hasFastWebgl()) return "dom";
  try {
    const { WebglAddon } = await import("@xterm/addon-webgl");
    const addon = new WebglAddon();
    addon.onContextLoss(() => {
      addon.dispose();
      onChange("dom");
    });
    terminal.loadAddon(addon);
  } catch {
    // Its script did not come, or there was no context after all: the DOM renderer is still there.
    return "dom";
  }
  return "webgl";
}

/** The names of drivers that draw on the processor; not every browser counts that as a "performance caveat". */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/iu;

function hasFastWebgl(): boolean {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("webgl2", { failIfMajorPerformanceCaveat: true });
  if (context === null) return false;
  const info = context.getExtension("WEBGL_debug_renderer_info");
  const name: unknown = context.getParameter(info?.UNMASKED_RENDERER_WEBGL ?? context.RENDERER);
  // Browsers allow only so many contexts: the probe gives its own back.
  context.getExtension("WEBGL_lose_context")?.loseContext();
  return !SOFTWARE.test(String(name));
}
