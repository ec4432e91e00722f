import type { NextConfig } from "next";

const config: NextConfig = {
  reactStrictMode: true,
  poweredByHeader: false,
  // `npm test` checks the types, once for the whole repository
  typescript: { ignoreBuildErrors: true },
  // the workspace is TypeScript that nobody builds on its own
  transpilePackages: ["@deskhand/shared"],
  // native or loaded at run time: left in node_modules
  serverExternalPackages: ["@node-rs/argon2", "@prisma/client", "@prisma/adapter-pg", "pg", "pino", "prom-client", "graphile-worker"],
  experimental: { optimizePackageImports: ["@mantine/core", "@mantine/hooks", "@tabler/icons-react"] },
};

export default config;
