using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Loxi.Api.Client;
using Loxi.Node.Bgp;
using Loxi.Node.Composition;
using Loxi.Node.Ha;
using Loxi.Node.Rest;
using Loxi.Node.Roles;
using Loxi.Node.State;
using Loxi.Node.Tests.Bgp;
using Loxi.Node.Tests.Ha;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Loxi.Node.Tests.Rest;

/// <summary>The real server on a free loopback port, in front of an <see cref="InMemoryNode"/>, an <see cref="InMemoryBfd"/>, and the node's own roles and BGP above a <see cref="FakeBgpSpeaker"/>; who serves says an <see cref="InMemoryHa"/>.</summary>
internal sealed class RestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _directory;

    private RestServer(WebApplication app, string directory)
    {
        _app = app;
        _directory = directory;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        Client = new LoxiClient(Http);
    }

    public required InMemoryNode Node { get; init; }

    public required InMemoryBfd Bfd { get; init; }

    /// <summary>What BGP is told to do.</summary>
    public required FakeBgpSpeaker Bgp { get; init; }

    public required StubBgpHost BgpHost { get; init; }

    /// <summary>What is told of roles.</summary>
    public required InMemoryHa Ha { get; init; }

    public required InMemoryMoves Moves { get; init; }

    public required FakeConnections Connections { get; init; }

    /// <summary>Other nodes and keys: a node above parts of its own. It answers when it is started.</summary>
    public required HaHarness Harness { get; init; }

    public RoleModel Roles => _app.Services.GetRequiredService<INodeRoles>().Roles;

    public string BgpFile => Path.Combine(_directory, "bgp.json");

    public HttpClient Http { get; }

    public LoxiClient Client { get; }

    public static async Task<RestServer> StartAsync(bool withBgp = false)
    {
        var (node, bfd, speaker, host, ha, moves) = (new InMemoryNode(), new InMemoryBfd(), new FakeBgpSpeaker(), new StubBgpHost(), new InMemoryHa(), new InMemoryMoves());
        var harness = new HaHarness();
        var connections = new FakeConnections();
        var directory = Directory.CreateTempSubdirectory("loxi-rest-").FullName;
        var app = RestHost.Create(new RestOptions([IPAddress.Loopback], 0, []), builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton<INodeServices>(node).AddSingleton<INodePools>(node).AddSingleton<INodeConnections>(node)
                .AddSingleton<INodeEndpoints>(node).AddSingleton<INodeStatus>(node).AddSingleton<INodeBfd>(bfd)
                .AddSingleton<INodeRoles>(new NodeRoles(new RoleStateFile(directory), NullLogger<NodeRoles>.Instance))
                .AddSingleton<INodeHa>(ha)
                .AddSingleton<INodeHaMoves>(moves)
                .AddSingleton(new ConnectionSums(connections))
                .AddSingleton<INodeHaSettings>(harness.Node);
            if (withBgp)
            {
                builder.Services.AddSingleton<INodeBgp>(new NodeBgp(speaker, new BgpStateFile(directory), new BgpDefaults(), host, NullLogger<NodeBgp>.Instance));
            }
        });
        if (app.Services.GetService<INodeBgp>() is NodeBgp bgp)
        {
            await bgp.StartAsync(isAdopted: false);
        }

        await app.StartAsync();
        return new RestServer(app, directory) { Node = node, Bfd = bfd, Bgp = speaker, BgpHost = host, Ha = ha, Moves = moves, Harness = harness, Connections = connections };
    }

    public async Task<Answer> SendAsync(string method, string path, string? body = null, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var type = response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values) ? values.ToString() : null;
        return new Answer((int)response.StatusCode, type, text, type == "application/json" ? JsonNode.Parse(text) : null);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        await Harness.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    internal sealed record Answer(int Status, string? ContentType, string Text, JsonNode? Json);
}
