namespace Loxi.Ha.Announce;

/// <summary>Whether a gateway answers.</summary>
public enum GatewayCondition
{
    /// <summary>It has just been asked for the first time.</summary>
    Unknown = 0,

    /// <summary>It was heard within the last three questions.</summary>
    Answers,

    /// <summary>Three questions in a row, 150 ms apart, had no answer, or its interface is gone or down.</summary>
    Lost,
}
