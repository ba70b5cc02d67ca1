using System.Net;
using System.Text;

namespace Loxi.Cli.Tests;

/// <summary>A node without sockets: answers by method and path, in the order given, the last one again and again.</summary>
internal sealed class FakeNode : HttpMessageHandler
{
    private readonly Dictionary<string, Queue<Func<CancellationToken, Task<HttpResponseMessage>>>> _answers = [];

    public List<SentRequest> Requests { get; } = [];

    public FakeNode Answer(string methodAndPath, string body, HttpStatusCode status = HttpStatusCode.OK, string mediaType = "application/json") =>
        Answer(methodAndPath, _ => Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, mediaType) }));

    public FakeNode Answer(string methodAndPath, Func<CancellationToken, Task<HttpResponseMessage>> answer)
    {
        if (!_answers.TryGetValue(methodAndPath, out var queue))
        {
            _answers.Add(methodAndPath, queue = new());
        }

        queue.Enqueue(answer);
        return this;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken);
        var authorization = request.Headers.TryGetValues("Authorization", out var values) ? values.Single() : null;
        Requests.Add(new SentRequest(request.Method.Method, request.RequestUri!.PathAndQuery, body, authorization));
        if (!_answers.TryGetValue($"{request.Method} {request.RequestUri.PathAndQuery}", out var queue)
            && !_answers.TryGetValue($"{request.Method} *", out queue))
        {
            return new HttpResponseMessage(HttpStatusCode.NotFound)
            {
                Content = new StringContent("""{"code":404,"message":"path was not found"}""", Encoding.UTF8, "application/json"),
            };
        }

        return await (queue.Count > 1 ? queue.Dequeue() : queue.Peek())(cancellationToken);
    }
}
