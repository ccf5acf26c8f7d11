"""What the use cases need of the outside, each a Protocol. Adapters and the tests' fakes implement them.

| module | leads to |
| --- | --- |
| ``system`` | the clock, chance, the process's own end, queues, the log |
| ``keys`` | KMS: who may seal, who may open |
| ``stores`` | connections, the ledger of actions, cards, installations, and what goes when people do |
| ``sign_ins`` | sign-ins under way: intents, legs, codes, limits |
| ``records`` | the audit trail |
| ``apps`` | business apps: their authorization servers and APIs |
| ``chat`` | Slack: to speak, to ask about people, to sign in, to be installed |
| ``admin`` | pauses, counts and failures, for those who look after a deployment |
"""
