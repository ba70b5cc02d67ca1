using System.Net.Http;

namespace Loxi.Cli.Session;

/// <summary>
/// Reads each answer whole, so that the time limit covers the body too, and keeps the last one: <c>-o json</c> shows what was on the wire,
/// with members that the typed client does not know.
/// </summary>
internal sealed class LastBodyHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const long LargestBody = 1L << 30;

    public byte[] LastBody { get; private set; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        await response.Content.LoadIntoBufferAsync(LargestBody, cancellationToken);
        LastBody = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return response;
    }
}
