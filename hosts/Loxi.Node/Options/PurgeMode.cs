namespace Loxi.Node.Options;

/// <summary>When everything that the instance put on the machine is removed.</summary>
internal enum PurgeMode
{
    /// <summary>Never: the data plane goes on without the process, the next start takes it over.</summary>
    Never,

    /// <summary>When the node is shut down in order.</summary>
    OnExit,

    /// <summary>Now, without starting the node.</summary>
    Now,
}
