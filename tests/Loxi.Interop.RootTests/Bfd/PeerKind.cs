namespace Loxi.Interop.RootTests.Bfd;

/// <summary>Whose BFD is at the other end.</summary>
public enum PeerKind
{
    Frr,
    Bird,
}
