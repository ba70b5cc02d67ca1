using System.Globalization;
using Loxi.Api;
using Loxi.Api.Mapping;
using Loxi.Api.Wire;
using Loxi.Core;
using Loxi.Core.Services;
using Loxi.Node.Endpoints;

namespace Loxi.Node.Rest;

/// <summary><c>/netlox/v1/config/endpoint</c> and <c>/netlox/v1/config/endpointhoststate</c>.</summary>
internal sealed class EndpointPaths(INodeEndpoints node)
{
    private const string Root = "/netlox/v1/config/endpoint";

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost(Root, (RequestDelegate)ConfigureAsync);
        endpoints.MapGet(Root + "/all", (RequestDelegate)ListAsync);
        endpoints.MapDelete(Root + "/epipaddress/{ip}", (RequestDelegate)RemoveAsync);
        endpoints.MapPost(Root + "hoststate", (RequestDelegate)SetStateAsync);
    }

    private async Task ConfigureAsync(HttpContext context)
    {
        var arguments = await Requests.ReadBodyAsync(context, LoxiJson.EndpointArguments) ?? throw BodyRequired();
        if (EndpointReader.Read(arguments, out var problems) is { } endpoint)
        {
            await AnswerAsync(context, await node.ConfigureAsync(endpoint, context.RequestAborted));
        }
        else
        {
            await Answers.WriteAsync(context, ApiErrors.Malformed(ApiErrors.HostArguments, [.. problems]));
        }
    }

    private async Task SetStateAsync(HttpContext context)
    {
        var wire = await Requests.ReadBodyAsync(context, LoxiJson.EndpointHostState) ?? throw BodyRequired();
        if (EndpointReader.TryRead(wire, out var endpoint, out var state, out var problems))
        {
            await AnswerAsync(context, await node.SetStateAsync(endpoint, state, context.RequestAborted));
        }
        else
        {
            var text = problems.Any(static p => p.Field == "state") ? ApiErrors.UnknownHostState : ApiErrors.HostArguments;
            await Answers.WriteAsync(context, ApiErrors.Malformed(text, [.. problems]));
        }
    }

    private async Task RemoveAsync(HttpContext context)
    {
        var problems = new List<Problem>();
        var addressText = Requests.Text(context, "ip");
        if (!AddressText.TryParse(addressText, out var address))
        {
            problems.Add(Problem.Of("epipaddress", addressText, "an IPv4 or IPv6 address"));
        }

        var typeText = context.Request.Query["probe_type"].ToString();
        if (!ProbeTypeNames.TryParse(typeText, out var type))
        {
            problems.Add(Problem.Of("probe_type", typeText, "one of tcp, udp, sctp, http, https, ping, none"));
        }

        var port = Requests.QueryNumber(context, "probe_port");
        if (port is < 0 or > ushort.MaxValue)
        {
            problems.Add(Problem.Of("probe_port", port, $"0 to {ushort.MaxValue}"));
        }

        if (problems.Count != 0)
        {
            await Answers.WriteAsync(context, ApiErrors.Malformed(ApiErrors.HostArguments, [.. problems]));
            return;
        }

        var selector = new EndpointSelector(address!, context.Request.Query["name"].ToString(), type, (ushort)port);
        await AnswerAsync(context, await node.RemoveAsync(selector, context.RequestAborted));
    }

    private Task ListAsync(HttpContext context)
    {
        EndpointEntry[] entries = [.. node.List().Select(ToEntry)];
        return Answers.WriteAsync(context, new EndpointList { Endpoints = entries }, LoxiJson.EndpointList);
    }

    private static Task AnswerAsync(HttpContext context, EndpointOutcome outcome) => outcome switch
    {
        EndpointOutcome.NotFound => Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status404NotFound, ApiErrors.HostNotFound)),
        EndpointOutcome.InUse => Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status409Conflict, ApiErrors.HostInUse)),
        EndpointOutcome.LimitReached => Answers.WriteAsync(
            context, ApiErrors.Create(StatusCodes.Status403Forbidden, $"{ApiErrors.TooManyHosts}: at most {EndpointModel.Limit} endpoints can be configured, and as many have a state")),
        _ => Answers.SuccessAsync(context),
    };

    private static RefusedRequestException BodyRequired() => new(StatusCodes.Status422UnprocessableEntity, ApiErrors.Required, "attr in body is required");

    private static EndpointEntry ToEntry(NodeEndpoint endpoint) => new()
    {
        HostName = endpoint.Address.ToString(),
        Name = endpoint.Name ?? EndpointNames.Of(endpoint.Address, endpoint.Protocol, endpoint.Port),
        InactiveRetries = endpoint.Probe.Retries,
        ProbeType = ProbeTypeNames.NameOf(endpoint.Probe.Type),
        ProbeRequest = endpoint.Probe.Request.Length == 0 ? null : endpoint.Probe.Request,
        ProbeResponse = endpoint.Probe.Response.Length == 0 ? null : endpoint.Probe.Response,
        ProbeDuration = (int)endpoint.Probe.Timeout.TotalSeconds,
        ProbePort = endpoint.Probe.Port == 0 ? endpoint.Port : endpoint.Probe.Port,
        MinimumDelay = Milliseconds(endpoint.Delay?.Minimum),
        AverageDelay = Milliseconds(endpoint.Delay?.Average),
        MaximumDelay = Milliseconds(endpoint.Delay?.Maximum),
        State = StateOf(endpoint),
    };

    /// <summary>Red is what nobody but an operator takes back; yellow and draining do not hide that an endpoint is dead.</summary>
    private static string StateOf(NodeEndpoint endpoint) => endpoint switch
    {
        { State: HandState.Red } => HandStateNames.NameOf(HandState.Red),
        { Healthy: false } => "nok",
        { State: HandState.Yellow or HandState.Draining } => HandStateNames.NameOf(endpoint.State),
        _ => "ok",
    };

    private static string? Milliseconds(TimeSpan? delay) =>
        delay is { } time ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.###}ms") : null;
}
