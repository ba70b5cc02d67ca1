using Loxi.Linux;
using Loxi.Linux.Netlink;

namespace Loxi.Ha.Announce;

/// <summary>What the announcer needs of the machine. Called by one thread.</summary>
internal interface IAnnounceSystem : IDisposable
{
    /// <summary>Claims that were heard.</summary>
    ClaimInbox Inbox { get; }

    /// <summary>How long the last <see cref="Flush"/> took.</summary>
    TimeSpan LastBatch { get; }

    /// <summary>Begins to listen. The callbacks are called by other threads, until it is disposed.</summary>
    /// <param name="changed">Links or addresses changed; the argument is the index of a link that is down, or 0.</param>
    /// <param name="heard">Somebody claims an address.</param>
    /// <param name="failed">Listening to what is named has failed, and begins again.</param>
    void Listen(Action<int> changed, Action<Claim> heard, Action<Exception, string> failed);

    /// <summary>Links and addresses as they are now.</summary>
    LinkView Read();

    /// <summary>Changes addresses in one batch.</summary>
    /// <returns>Number of changes that were refused, told in <paramref name="errors"/>.</returns>
    int Change(ReadOnlySpan<AddressChange> changes, Span<int> errors);

    /// <summary>The link of the way to an address; 0 when there is none, or when the address is the machine's own.</summary>
    int LinkTo(InternetAddress address);

    /// <summary>The link-layer addresses of those neighbours on a link that have one of the addresses.</summary>
    HashSet<LinkLayerAddress> FindNeighbours(int interfaceIndex, IReadOnlySet<InternetAddress> addresses);

    /// <summary>Adds a frame to those that <see cref="Flush"/> sends.</summary>
    void Queue(int interfaceIndex, ReadOnlySpan<byte> frame);

    /// <summary>Sends what is queued.</summary>
    /// <returns>Numbers of frames that were sent and were not, and the last reason (<see cref="Errno"/>).</returns>
    (int Sent, int Failed, int Error) Flush();
}
