using System.Buffers;

namespace Loxi.Bgp.Transport;

/// <summary>Who a connection belongs to.</summary>
internal interface IConnectionOwner
{
    /// <summary>Octets have come. What is left in <paramref name="buffer"/> comes again, with more.</summary>
    void Received(BgpConnection connection, ref ReadOnlySequence<byte> buffer);

    /// <summary>Nothing more comes; not called after the connection was closed by us.</summary>
    void Ended(BgpConnection connection, string reason);

    /// <summary>The owner itself has failed in one of the other two calls: a defect. The connection takes nothing more.</summary>
    void Failed(BgpConnection connection, Exception exception);

    /// <summary>Whole messages for the connection, of those that <see cref="BgpConnection.AllowOutput"/> allows.</summary>
    int TakeOutput(Span<byte> buffer);
}
