namespace Loxi.TestKit.Controller;

/// <summary>What happened in a controller.</summary>
public enum ControllerEventKind
{
    /// <summary>A node answers that did not.</summary>
    Alive,

    /// <summary>A node does not answer any more.</summary>
    Dead,

    /// <summary>A node was chosen as master.</summary>
    Elected,

    /// <summary>A request was answered, or not.</summary>
    Request,
}
