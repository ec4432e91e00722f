/** The practice sign-in as a recording: the same steps as the bare script. */
export function signInRecording(url: string): string {
  return JSON.stringify({
    title: "Bench: practice sign-in",
    steps: [
      { type: "setViewport", width: 1280, height: 720, deviceScaleFactor: 1, isMobile: false, hasTouch: false, isLandscape: false },
      { type: "navigate", url: `${url}/practice/sign-in` },
      { type: "change", selectors: [["aria/E-mail"]], value: "demo@practice.example" },
      { type: "change", selectors: [["aria/Password"]], value: "correct-horse" },
      {
        type: "click",
        selectors: [['aria/Sign in[role="button"]']],
        offsetX: 20,
        offsetY: 15,
        assertedEvents: [{ type: "navigation", url: `${url}/practice/account` }],
      },
      {
        type: "customStep",
        name: "deskhand.assert",
        parameters: { check: "text", selectors: ["h1"], operator: "equals", value: "Welcome back" },
      },
    ],
  });
}
