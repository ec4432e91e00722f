-- Runners that were told of a pool as it is now. Of pools that there are already, the orders say whom they reached.
ALTER TABLE "ProxyPool" ADD COLUMN "knownTo" UUID[] DEFAULT ARRAY[]::UUID[];

UPDATE "ProxyPool" p SET "knownTo" = told."runnerIds"
FROM (
    SELECT p.id, array_agg(DISTINCT c."runnerId") AS "runnerIds" FROM "ProxyPool" p
    JOIN "Command" c ON c."projectId" = p."projectId" AND c.kind = 'proxy.configure' AND c.state NOT IN ('failed', 'cancelled', 'expired')
        AND c.payload->'pools' @> jsonb_build_array(jsonb_build_object('id', p.id::text, 'revision', p.revision))
    GROUP BY p.id
) told WHERE told.id = p.id;
