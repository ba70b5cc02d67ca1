using System.Collections.Immutable;
using Loxi.Api.Wire;
using Loxi.Core;
using Loxi.Core.Services;

namespace Loxi.Api;

/// <summary>The error bodies of the REST API, with the texts that loxilb uses. kube-loxilb takes any text with "exist" for success of an add: only conflicts may contain it.</summary>
public static class ApiErrors
{
    /// <summary>Result of a creation that changes nothing (409).</summary>
    public const string RuleExists = "lbrule-exists error";

    /// <summary>Result of the deletion of an unknown service (404).</summary>
    public const string NoRule = "no-rule error";

    /// <summary>Begin of the result when an endpoint to detach is not the service's (404).</summary>
    public const string NoEndpoint = "no such endpoint";

    /// <summary>Result when no further service fits (403).</summary>
    public const string TooManyRules = "rule-hwm error";

    /// <summary>Result of a deletion or a state of an endpoint that is not known (404).</summary>
    public const string HostNotFound = "host-notfound error";

    /// <summary>Result of the deletion of an endpoint that is there only because a service uses it (409).</summary>
    public const string HostInUse = "LB Rule-referred";

    /// <summary>Begin of the result for an endpoint with wrong values (400).</summary>
    public const string HostArguments = "host-args error";

    /// <summary>Begin of the result for a state of an endpoint with wrong values (400).</summary>
    public const string UnknownHostState = "unknown ep-host-state";

    /// <summary>Result when no further endpoint fits (403); loxilb has no such limit.</summary>
    public const string TooManyHosts = "host-hwm error";

    /// <summary>Begin of the result for a source pool with wrong values (400).</summary>
    public const string PoolMalformed = "malformed-pool error";

    /// <summary>404: no VIP group of this name on a node that decides with others.</summary>
    public const string NoGroup = "no-group error";

    /// <summary>Begin of the result for a planned move with wrong values (400).</summary>
    public const string MoveMalformed = "malformed-move error";

    /// <summary>Begin of the result for a planned move that something stands against, or that did not come about (409).</summary>
    public const string MoveRefused = "move-refused error";

    /// <summary>Result for another node that is not there (404).</summary>
    public const string NoPeer = "no-peer error";

    /// <summary>Begin of the result for another node with wrong values (400).</summary>
    public const string PeerMalformed = "malformed-peer error";

    /// <summary>Begin of the result for a change of other nodes that needs a restart (409).</summary>
    public const string PeerFixed = "peer-fixed error";

    /// <summary>Begin of the result when no further node fits (403).</summary>
    public const string TooManyPeers = "peer-hwm error";

    /// <summary>Begin of the result for keys of HELLO with wrong values (400).</summary>
    public const string KeysMalformed = "malformed-keys error";

    /// <summary>Begin of the result for a change of keys after which nodes would not hear each other, or that needs a restart (409).</summary>
    public const string KeysInUse = "keys-in-use error";

    /// <summary>Begin of the result for secrets over a connection that others can read (403).</summary>
    public const string KeysInTheOpen = "keys-in-the-open error";

    /// <summary>Result for a source pool that is not there (404).</summary>
    public const string NoPool = "no-pool error";

    /// <summary>Begin of the result for a change of a source pool that services stand against (409).</summary>
    public const string PoolInUse = "pool-in-use error";

    /// <summary>Begin of the result for a source pool with addresses of another VIP group (409).</summary>
    public const string PoolOwned = "pool-owner error";

    /// <summary>Begin of the result when no further source pool fits (403).</summary>
    public const string TooManyPools = "pool-hwm error";

    /// <summary>Result of every BGP call on a node without BGP (403).</summary>
    public const string BgpDisabled = "loxilb BGP mode is disabled";

    /// <summary>Begin of the result for BGP settings with wrong values (400).</summary>
    public const string BgpArguments = "bgp malformed args";

    /// <summary>Result for a BGP peer that is there just like this (409).</summary>
    public const string BgpNeighborExists = "bgp existing neighbor";

    /// <summary>Result for a BGP peer that is not there (404).</summary>
    public const string NoBgpNeighbor = "no bgp neighbor";

    /// <summary>404: no dynamic BGP neighbours of that prefix.</summary>
    public const string NoBgpDynamicNeighbor = "no bgp dynamic neighbor";

    /// <summary>Result for a BGP speaker that is not configured (404).</summary>
    public const string NoBgpGlobal = "no bgp global config";

    /// <summary>Result for a defined set that is not there (404).</summary>
    public const string NoBgpDefinedSet = "no bgp defined set";

    /// <summary>Result for a BGP policy that is not there (404).</summary>
    public const string NoBgpPolicy = "no bgp policy";

    /// <summary>Begin of the result for the deletion of a defined set or policy that is used (409).</summary>
    public const string BgpInUse = "bgp in-use error";

    /// <summary>Begin of the result when no further BGP peer fits (403).</summary>
    public const string TooManyBgpNeighbors = "bgp-hwm error";

    /// <summary>Begin of the result when the BGP speaker cannot be as asked for on this host, e.g. because its port is another program's (500).</summary>
    public const string BgpNotStarted = "bgp failed to start";

    /// <summary>Begin of the result for a role that there is not (400).</summary>
    public const string ClusterStateInvalid = "invalid cluster-state";

    /// <summary>Begin of the result when no further instance fits (403).</summary>
    public const string TooManyInstances = "cluster-hwm error";

    /// <summary>Result of BFD reads and deletions on a node that never had a session (500).</summary>
    public const string BfdNotRunning = "bfd session not running";

    /// <summary>Result of a BFD call for an unknown VIP group (404).</summary>
    public const string NoInstance = "cluster instance not found";

    /// <summary>Result of the deletion of an unknown BFD session (404).</summary>
    public const string NoBfdSession = "no bfd session";

    /// <summary>Begin of the result for a BFD session with wrong values (400).</summary>
    public const string BfdArguments = "bfd malformed args";

    /// <summary>Result for a BFD interval that is too short (500).</summary>
    public const string BfdIntervalTooLow = "bfd interval too low";

    /// <summary>Result for a BFD session that is there just like this; begin of the result for a change of what cannot be changed (409).</summary>
    public const string BfdExists = "bfd existing session";

    /// <summary>Begin of the result when the UDP port of BFD cannot be had (500).</summary>
    public const string BfdNotStarted = "bfd failed to init session";

    /// <summary>Begin of the result when no further BFD session fits (403); loxilb has no such limit.</summary>
    public const string TooManyBfdSessions = "bfd-hwm error";

    /// <summary>The code of a type error of go-openapi (422).</summary>
    public const int InvalidType = 601;

    /// <summary>The code of an absent required member (422).</summary>
    public const int Required = 602;

    /// <summary>The code of a value outside an enumeration (422).</summary>
    public const int Enumeration = 606;

    /// <summary>An error body of loxilb's own kind.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="result">The text.</param>
    /// <param name="problems">Members that are wrong; default = none.</param>
    /// <returns>The body.</returns>
    public static ErrorBody Create(int status, string result, ImmutableArray<Problem> problems = default) => new()
    {
        Code = status,
        Message = ClassOf(status, result),
        Result = result,
        Errors = problems.IsDefaultOrEmpty ? null
            : [.. problems.Select(static p => new FieldProblem { Field = p.Field, Value = p.Value, Expected = p.Expected })],
    };

    /// <summary>The error body of a service that was refused: status 400 and the text that loxilb has for the first problem, followed by all problems in words.</summary>
    /// <param name="problems">The problems, at least one.</param>
    /// <returns>The body.</returns>
    /// <exception cref="ArgumentException">There is no problem.</exception>
    public static ErrorBody Malformed(ImmutableArray<Problem> problems) => Malformed(problems.IsDefaultOrEmpty ? "" : TextOf(problems[0]), problems);

    /// <summary>The error body of a request that was refused: status 400 and a text, followed by all problems in words.</summary>
    /// <param name="text">What loxilb says, e.g. <see cref="HostArguments"/>.</param>
    /// <param name="problems">The problems, at least one.</param>
    /// <returns>The body.</returns>
    /// <exception cref="ArgumentException">There is no problem.</exception>
    public static ErrorBody Malformed(string text, ImmutableArray<Problem> problems) => WithProblems(400, text, problems);

    /// <summary>The error body of a request about something that is not there: status 404 and a text, followed by all problems in words.</summary>
    /// <param name="text">What is not there, e.g. <see cref="NoEndpoint"/>.</param>
    /// <param name="problems">The problems, at least one.</param>
    /// <returns>The body.</returns>
    /// <exception cref="ArgumentException">There is no problem.</exception>
    public static ErrorBody NotFound(string text, ImmutableArray<Problem> problems) => WithProblems(404, text, problems);

    /// <summary>The error body of a request that what is there stands against: status 409 and a text, followed by all problems in words.</summary>
    /// <param name="text">What stands against it, e.g. <see cref="PoolInUse"/>.</param>
    /// <param name="problems">The problems, at least one.</param>
    /// <returns>The body.</returns>
    /// <exception cref="ArgumentException">There is no problem.</exception>
    public static ErrorBody Conflict(string text, ImmutableArray<Problem> problems) => WithProblems(409, text, problems);

    /// <summary>loxilb's text for a problem, by the member that it is about.</summary>
    /// <param name="problem">The problem.</param>
    /// <returns>E.g. <c>malformed-service error</c>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="problem"/> is null.</exception>
    public static string TextOf(Problem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        return problem.Field switch
        {
            ServiceFields.Endpoints => "endpoints-range error",
            ServiceFields.Protocol => "malformed-proto error",
            ServiceFields.ProbeType => "malformed-service-ptype error",
            var field when field.StartsWith(ServiceFields.Endpoints, StringComparison.Ordinal) => "malformed-lbep error",
            var field when field.StartsWith(ServiceFields.SecondaryAddresses, StringComparison.Ordinal) => "malformed-secIP error",
            _ => "malformed-service error",
        };
    }

    private static ErrorBody WithProblems(int status, string text, ImmutableArray<Problem> problems)
    {
        if (problems.IsDefaultOrEmpty)
        {
            throw new ArgumentException("There must be a problem.", nameof(problems));
        }

        const int Spelled = 8;
        var spelled = string.Join("; ", problems.Take(Spelled).Select(Spell));
        var more = problems.Length > Spelled ? $"; and {problems.Length - Spelled} more" : "";
        return Create(status, $"{text}: {spelled}{more}", problems);
    }

    // kube-loxilb takes a text with "exist" for success, so neither a user's value nor a name that is there, such as a pool's, must put that word into it.
    private static string Spell(Problem problem) => (problem with { Value = Harmless(problem.Value), Expected = Harmless(problem.Expected) }).ToString();

    private static string Harmless(string text) => text.Contains("exist", StringComparison.OrdinalIgnoreCase) ? "..." : text;

    private static string ClassOf(int status, string result) => status switch
    {
        400 => "Malformed arguments for API call",
        401 => "Invalid authentication credentials",
        403 => "Capacity insufficient",
        404 => "Resource not found",
        409 => "Resource conflict: Resource already exists OR dependency not found",
        503 => "Maintenance mode",
        _ => result,
    };
}
