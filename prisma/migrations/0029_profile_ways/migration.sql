-- By what a profile reaches the network: the ids of its proxies or of its pool, or the word none. Profiles are found by it, and counted.
CREATE FUNCTION profile_ways(settings JSONB) RETURNS TEXT[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE settings->'proxy'->>'kind'
    WHEN 'proxy' THEN ARRAY[settings->'proxy'->>'proxyId']
    WHEN 'chain' THEN ARRAY(SELECT jsonb_array_elements_text(settings->'proxy'->'proxyIds'))
    WHEN 'pool' THEN ARRAY[settings->'proxy'->>'poolId']
    ELSE ARRAY['none']
  END
$$;
CREATE INDEX "Profile_list_ways_idx" ON "Profile" USING GIN ("projectId", profile_ways("settings")) WHERE "deletedAt" IS NULL;
