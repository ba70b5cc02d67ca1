using Loxi.Api.Client;
using Loxi.Api.V1;

namespace Loxi.Cli.Commands;

/// <summary>A node whose open connections are compared; what fails names it.</summary>
/// <param name="Sums">Reads its sums.</param>
/// <param name="List">Reads its connections of some buckets.</param>
internal sealed record ComparedNode(Func<Task<HaConnectionSums>> Sums, Func<string, Task<HaConnectionList>> List)
{
    public static ComparedNode Of(LoxiClient client, CancellationToken cancellationToken) =>
        new(() => client.GetHaConnectionSumsAsync(cancellationToken), buckets => client.ListHaConnectionsAsync(buckets, cancellationToken));
}
