import type { Recording } from "@deskhand/shared/schemas/recording";

/** The sample workflow: signs in to the practice site of this server and reads its orders. The account there is public. */
export function practiceRecording(publicUrl: string): Recording {
  return {
    title: "Practice: sign in and read the orders",
    timeout: 5000,
    inputs: {
      type: "object",
      properties: {
        email: { type: "string", title: "E-mail", description: "The practice site's only account.", default: "demo@practice.example" },
        password: {
          type: "string",
          title: "Password",
          description: "Public on purpose: nothing on the practice site is real.",
          default: "correct-horse",
        },
      },
      required: ["email", "password"],
    },
    steps: [
      { type: "setViewport", width: 1280, height: 720, deviceScaleFactor: 1, isMobile: false, hasTouch: false, isLandscape: false },
      {
        type: "navigate",
        url: `${publicUrl}/practice/sign-in`,
        assertedEvents: [{ type: "navigation", url: `${publicUrl}/practice/sign-in`, title: "Sign in · Practice site" }],
      },
      { type: "change", selectors: [["aria/E-mail"], ["[data-testid=email]"]], value: "{{inputs.email}}" },
      { type: "change", selectors: [["aria/Password"], ["[data-testid=password]"]], value: "{{inputs.password}}" },
      {
        type: "click",
        selectors: [['aria/Sign in[role="button"]'], ["form button"]],
        offsetX: 20,
        offsetY: 15,
        assertedEvents: [{ type: "navigation", url: `${publicUrl}/practice/account` }],
      },
      {
        type: "customStep",
        name: "deskhand.assert",
        parameters: { check: "text", selectors: ["h1"], operator: "equals", value: "Welcome back" },
      },
      { type: "navigate", url: `${publicUrl}/practice/orders` },
      {
        type: "customStep",
        name: "deskhand.extract",
        parameters: { kind: "table", key: "orders", selectors: ["#orders"], nextPage: [["aria/Next"], ["a[rel=next]"]], maxPages: 3 },
      },
    ],
  };
}
