using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Loxi.Api.Client;
using Loxi.Node.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Loxi.Node.Tests.Rest;

/// <summary>The real server on a free loopback port, in front of an <see cref="InMemoryNode"/> and an <see cref="InMemoryBfd"/>.</summary>
internal sealed class RestServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RestServer(WebApplication app, InMemoryNode node, InMemoryBfd bfd)
    {
        _app = app;
        Node = node;
        Bfd = bfd;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        Client = new LoxiClient(Http);
    }

    public InMemoryNode Node { get; }

    public InMemoryBfd Bfd { get; }

    public HttpClient Http { get; }

    public LoxiClient Client { get; }

    public static async Task<RestServer> StartAsync()
    {
        var node = new InMemoryNode();
        var bfd = new InMemoryBfd();
        var app = RestHost.Create(new RestOptions([IPAddress.Loopback], 0, []), builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton<INodeServices>(node).AddSingleton<INodePools>(node).AddSingleton<INodeConnections>(node)
                .AddSingleton<INodeEndpoints>(node).AddSingleton<INodeStatus>(node).AddSingleton<INodeBfd>(bfd);
        });
        await app.StartAsync();
        return new RestServer(app, node, bfd);
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
    }

    internal sealed record Answer(int Status, string? ContentType, string Text, JsonNode? Json);
}
