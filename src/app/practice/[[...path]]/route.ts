import { answerPractice } from "@/features/practice/site";

type Parameters = { params: Promise<{ path?: string[] }> };

async function answer(request: Request, { params }: Parameters): Promise<Response> {
  return answerPractice(((await params).path ?? []).join("/"), request);
}

export const GET = answer;
export const POST = answer;
