using System.Globalization;
using Loxi.Api;
using Loxi.Api.V1;
using Loxi.Api.Wire;
using Loxi.Core;
using Loxi.Core.Services;
using Loxi.Node.Options;

namespace Loxi.Node.Rest;

/// <summary>Version, parameters, endpoints, status and counters.</summary>
internal sealed class StatusPaths(INodeStatus status, INodeEndpoints endpointList)
{
    private const string Parameters = "/netlox/v1/config/params";

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/netlox/v1/version", (RequestDelegate)(context => Answers.WriteAsync(context, status.Version, LoxiJson.VersionInfo)));
        endpoints.MapGet(Parameters, (RequestDelegate)(context =>
            Answers.WriteAsync(context, new NodeParameters { LogLevel = LogLevelNames.NameOf(status.LogLevel) }, LoxiJson.NodeParameters)));
        endpoints.MapPost(Parameters, (RequestDelegate)SetParametersAsync);
        endpoints.MapGet("/netlox/v1/config/endpoint/all", (RequestDelegate)ListEndpointsAsync);
        endpoints.MapGet("/loxi/v1/status", (RequestDelegate)GetStatusAsync).Describe<NodeStatus>(GetStatusAsync, "What the node is and where its data plane sits.");
        endpoints.MapGet("/loxi/v1/counters", (RequestDelegate)GetCountersAsync).Describe<NodeCounters>(GetCountersAsync, "What became of packets, and the counters of every service and endpoint.");
    }

    private async Task GetStatusAsync(HttpContext context) =>
        await Answers.WriteAsync(context, await status.GetStatusAsync(context.RequestAborted), LoxiJson.NodeStatus);

    private async Task GetCountersAsync(HttpContext context) =>
        await Answers.WriteAsync(context, await status.GetCountersAsync(context.RequestAborted), LoxiJson.NodeCounters);

    private async Task SetParametersAsync(HttpContext context)
    {
        var parameters = await Requests.ReadBodyAsync(context, LoxiJson.NodeParameters)
            ?? throw new RefusedRequestException(StatusCodes.Status422UnprocessableEntity, ApiErrors.Required, "attr in body is required");
        if (!string.IsNullOrEmpty(parameters.LogLevel))
        {
            if (!LogLevelNames.TryParse(parameters.LogLevel, out var level))
            {
                var problem = Problem.Of("logLevel", parameters.LogLevel, LogLevelNames.Expected);
                await Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status400BadRequest, problem.ToString(), [problem]));
                return;
            }

            status.LogLevel = level;
        }

        await Answers.SuccessAsync(context);
    }

    private Task ListEndpointsAsync(HttpContext context)
    {
        EndpointEntry[] entries = [.. endpointList.List().Select(ToEntry)];
        return Answers.WriteAsync(context, new EndpointList { Endpoints = entries }, LoxiJson.EndpointList);
    }

    private static EndpointEntry ToEntry(NodeEndpoint endpoint) => new()
    {
        HostName = endpoint.Address.ToString(),
        Name = string.Create(CultureInfo.InvariantCulture, $"{endpoint.Address}_{(endpoint.Protocol == ServiceProtocol.Icmp ? "ping" : ServiceProtocolNames.NameOf(endpoint.Protocol))}_{endpoint.Port}"),
        InactiveRetries = endpoint.Probe.Retries,
        ProbeType = ProbeTypeNames.NameOf(endpoint.Probe.Type),
        ProbeRequest = endpoint.Probe.Request.Length == 0 ? null : endpoint.Probe.Request,
        ProbeResponse = endpoint.Probe.Response.Length == 0 ? null : endpoint.Probe.Response,
        ProbeDuration = (int)endpoint.Probe.Timeout.TotalSeconds,
        ProbePort = endpoint.Probe.Port == 0 ? endpoint.Port : endpoint.Probe.Port,
        MinimumDelay = Milliseconds(endpoint.Delay?.Minimum),
        AverageDelay = Milliseconds(endpoint.Delay?.Average),
        MaximumDelay = Milliseconds(endpoint.Delay?.Maximum),
        State = endpoint.Healthy ? "ok" : "nok",
    };

    private static string? Milliseconds(TimeSpan? delay) =>
        delay is { } time ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.###}ms") : null;
}
