namespace Loxi.Bgp;

/// <summary>How a session depends on BFD with its peer (RFC 5882).</summary>
public enum BgpBfdMode : byte
{
    /// <summary>Not at all.</summary>
    Off,

    /// <summary>BFD Down ends the session; it may come up without BFD.</summary>
    Follow,

    /// <summary>As <see cref="Follow"/>, and the session waits for BFD Up when the peer has the capability too (draft-ietf-idr-bgp-bfd-strict-mode).</summary>
    Strict,

    /// <summary>As <see cref="Strict"/>, whatever the peer says.</summary>
    StrictLocal,
}
