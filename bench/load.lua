-- wrk: POST one body of 284 bytes, print what was measured as one line of JSON.
local body = '{"model":"bench","messages":[{"role":"user","content":"'
local rest = '"}],"stream":false}'
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = body .. string.rep("a", 284 - #body - #rest) .. rest

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '\nRESULT {"requests":%d,"seconds":%.6f,"p50_us":%.1f,"p99_us":%.1f,"errors":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout))
end
