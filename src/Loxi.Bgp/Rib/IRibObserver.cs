using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Rib;

/// <summary>Hears of what is worth a line in a log. Called under the caller's lock: must not call back.</summary>
internal interface IRibObserver
{
    /// <summary>Something is wrong with an UPDATE, whether or not it ends the session.</summary>
    /// <param name="peer">Who sent it.</param>
    /// <param name="message">The message, whole.</param>
    /// <param name="errors">What is wrong, up to 16.</param>
    /// <param name="view">The same as it was read: what it was about, and what followed.</param>
    void Malformed(RibPeer peer, ReadOnlySpan<byte> message, ReadOnlySpan<BgpError> errors, UpdateView view);
}
