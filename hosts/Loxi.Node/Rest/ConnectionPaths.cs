using System.Net;
using System.Text.Json;
using Loxi.Api;
using Loxi.Api.Mapping;
using Loxi.Api.V1;
using Loxi.Core.Services;
using Microsoft.OpenApi;

namespace Loxi.Node.Rest;

/// <summary><c>/netlox/v1/config/conntrack</c> and <c>/loxi/v1/connections</c>. Lists are written while the table is read, whatever its size.</summary>
internal sealed class ConnectionPaths(INodeConnections connections)
{
    private const string Root = "/loxi/v1/connections";
    private const int DefaultLimit = 10_000;
    private const int GreatestLimit = 1_000_000;
    private const int FlushEvery = 256;

    private static readonly ApiParameter Limit = new("limit", $"Most connections in the answer, 1 to {GreatestLimit}; default {DefaultLimit}.", JsonSchemaType.Integer);
    private static readonly ApiParameter All = new("all", "Whether every connection is meant.", JsonSchemaType.Boolean);

    private static readonly ApiParameter[] Filter =
    [
        new("client", "Address or prefix of the client."),
        new("vip", "Address that the client connected to."),
        new("port", "Port that the client connected to; 0 for ICMP.", JsonSchemaType.Integer),
        new("endpoint", "Address of the endpoint."),
        new("protocol", "Protocol of the service.") { Values = ["tcp", "udp", "sctp", "icmp"] },
        new("service", "Name of the service."),
        new("state", "State of the connection, e.g. est."),
    ];

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/netlox/v1/config/conntrack/all", (RequestDelegate)ListConntrackAsync);
        endpoints.MapGet(Root, (RequestDelegate)ListAsync).Describe<ConnectionList>(ListAsync, "Connections that match the filter, in no particular order.", [.. Filter, Limit]);
        endpoints.MapGet(Root + "/count", (RequestDelegate)CountAsync).Describe<ConnectionCount>(CountAsync, "How many connections match the filter.", Filter);
        endpoints.MapDelete(Root, (RequestDelegate)DeleteAsync).Describe<ConnectionCount>(DeleteAsync, "Removes the connections that match the filter; without a filter all=true is needed.", [.. Filter, All]);
    }

    private Task ListConntrackAsync(HttpContext context) => StreamAsync(
        context,
        ConnectionFilter.All,
        "ctAttr",
        long.MaxValue,
        static (writer, connection) =>
        {
            JsonSerializer.Serialize(writer, ConntrackText.ToEndpoint(connection), LoxiJson.ConntrackEntry);
            if (ConntrackText.HasWayBack(connection))
            {
                JsonSerializer.Serialize(writer, ConntrackText.ToClient(connection), LoxiJson.ConntrackEntry);
            }
        },
        static (_, _) => { });

    private Task ListAsync(HttpContext context)
    {
        var limit = context.Request.Query.ContainsKey("limit") ? Requests.QueryNumber(context, "limit") : DefaultLimit;
        if (limit is < 1 or > GreatestLimit)
        {
            throw Requests.WrongType("limit", "query", $"number from 1 to {GreatestLimit}", context.Request.Query["limit"].ToString());
        }

        return StreamAsync(
            context,
            ReadFilter(context),
            "connections",
            limit,
            static (writer, connection) => JsonSerializer.Serialize(writer, ConntrackText.ToConnection(connection), LoxiJson.Connection),
            static (writer, truncated) => writer.WriteBoolean("truncated", truncated));
    }

    private async Task CountAsync(HttpContext context)
    {
        var count = await connections.CountAsync(ReadFilter(context), context.RequestAborted);
        await Answers.WriteAsync(context, new ConnectionCount { Count = count }, LoxiJson.ConnectionCount);
    }

    private async Task DeleteAsync(HttpContext context)
    {
        var filter = ReadFilter(context);
        if (filter.MatchesAll && !Requests.QueryFlag(context, "all"))
        {
            throw new RefusedRequestException(
                StatusCodes.Status422UnprocessableEntity, ApiErrors.Required, "a filter (client, vip, port, endpoint, protocol, service, state) or all=true in query is required");
        }

        var count = await connections.DeleteAsync(filter, context.RequestAborted);
        await Answers.WriteAsync(context, new ConnectionCount { Count = count }, LoxiJson.ConnectionCount);
    }

    private async Task StreamAsync(
        HttpContext context, ConnectionFilter filter, string member, long limit, Action<Utf8JsonWriter, NodeConnection> write, Action<Utf8JsonWriter, bool> end)
    {
        context.Response.ContentType = LoxiJson.MediaType;
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        writer.WriteStartObject();
        writer.WriteStartArray(member);
        long count = 0;
        var truncated = false;
        await foreach (var connection in connections.ListAsync(filter, context.RequestAborted))
        {
            if (count == limit)
            {
                truncated = true;
                break;
            }

            write(writer, connection);
            if (++count % FlushEvery == 0)
            {
                await writer.FlushAsync(context.RequestAborted);
                await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
            }
        }

        writer.WriteEndArray();
        end(writer, truncated);
        writer.WriteEndObject();
        await writer.FlushAsync(context.RequestAborted);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static ConnectionFilter ReadFilter(HttpContext context)
    {
        string? Get(string name) => context.Request.Query[name].ToString() is { Length: > 0 } text ? text : null;
        return new ConnectionFilter
        {
            Client = Get("client") is { } client ? ReadPrefix(client) : null,
            Vip = Get("vip") is { } vip ? ReadAddress("vip", vip) : null,
            Port = Get("port") is { } port ? ReadPort(context, port) : null,
            Endpoint = Get("endpoint") is { } endpoint ? ReadAddress("endpoint", endpoint) : null,
            Protocol = Get("protocol") is not { } name ? null
                : ServiceProtocolNames.TryParse(name, out var protocol) ? protocol
                : throw Requests.WrongType("protocol", "query", "tcp, udp, sctp or icmp", name),
            Service = Get("service"),
            State = Get("state"),
        };
    }

    private static ushort ReadPort(HttpContext context, string text) =>
        Requests.QueryNumber(context, "port") is >= 0 and <= ushort.MaxValue and var port ? (ushort)port : throw Requests.WrongType("port", "query", "port", text);

    private static IPAddress ReadAddress(string name, string text) =>
        AddressText.TryParse(text, out var address) ? address : throw Requests.WrongType(name, "query", "IP address", text);

    private static IPNetwork ReadPrefix(string text) =>
        AddressText.TryParse(text, out var address) ? new IPNetwork(address, address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 32 : 128)
        : PrefixText.TryParse(text, out var prefix) ? prefix
        : throw Requests.WrongType("client", "query", $"IP address or {PrefixText.Expected}", text);
}
