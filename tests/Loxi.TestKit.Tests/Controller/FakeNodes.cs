using System.Collections.Concurrent;
using System.Net;
using Loxi.TestKit.Controller;

namespace Loxi.TestKit.Tests.Controller;

/// <summary>The HTTP servers of nodes, as a controller sees them: each answers as it is told to.</summary>
internal sealed class FakeNodes
{
    private readonly ConcurrentDictionary<string, Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>>> _answers = new();

    /// <summary>Requests but health checks, as <c>node METHOD path body</c>, in the order in which they came.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public static ControllerOptions Options(int nodes = 2) => new()
    {
        Nodes = [.. Enumerable.Range(1, nodes).Select(i => new ControllerNode($"n{i}", $"192.0.2.{i}", new Uri($"http://192.0.2.{i}:11111")))],
        HealthPeriod = TimeSpan.FromMilliseconds(20),
        HealthLimit = TimeSpan.FromMilliseconds(100),
        RequestLimit = TimeSpan.FromMilliseconds(200),
        Spacing = TimeSpan.FromMilliseconds(1),
        Ticker = TimeSpan.FromHours(1),
    };

    public void Kill(string node) => _answers[node] = static (_, _) => throw new HttpRequestException("connection refused");

    public void AnswerHealthChecksOnly(string node) => _answers[node] = static (request, _) => request.RequestUri!.PathAndQuery == "/netlox/v1"
        ? Task.FromResult(new HttpResponseMessage(HttpStatusCode.NotFound))
        : throw new HttpRequestException("the connection was reset");

    public void Hang(string node) => _answers[node] = static async (_, cancellation) =>
    {
        await Task.Delay(Timeout.Infinite, cancellation);
        return new HttpResponseMessage();
    };

    public void Answer(string node, HttpStatusCode status, string body = "{}")
        => _answers[node] = (_, _) => Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(body) });

    public HttpClient Connect(ControllerNode node) => new(new Handler(this, node.Name)) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>What a node got.</summary>
    public IReadOnlyList<string> Of(string node) => [.. Requests.Where(request => request.StartsWith($"{node} ", StringComparison.Ordinal)).Select(request => request[(node.Length + 1)..])];

    private sealed class Handler(FakeNodes nodes, string name) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var path = request.RequestUri!.PathAndQuery;
            var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            if (path != "/netlox/v1")
            {
                nodes.Requests.Enqueue($"{name} {request.Method} {path} {body}");
            }

            return nodes._answers.TryGetValue(name, out var answer)
                ? await answer(request, cancellationToken)
                : new HttpResponseMessage(path == "/netlox/v1" ? HttpStatusCode.NotFound : HttpStatusCode.OK);
        }
    }
}
