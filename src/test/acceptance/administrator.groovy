// Makes the administrator that the acceptance script speaks as, with the token that it chose.
import hudson.model.User
import hudson.security.FullControlOnceLoggedInAuthorizationStrategy
import hudson.security.HudsonPrivateSecurityRealm
import jenkins.model.Jenkins
import jenkins.model.JenkinsLocationConfiguration
import jenkins.security.ApiTokenProperty

def jenkins = Jenkins.get()
if (!(jenkins.securityRealm instanceof HudsonPrivateSecurityRealm)) {
    def realm = new HudsonPrivateSecurityRealm(false)
    realm.createAccount('admin', UUID.randomUUID().toString())
    jenkins.securityRealm = realm
    jenkins.authorizationStrategy = new FullControlOnceLoggedInAuthorizationStrategy()
    def user = User.getById('admin', true)
    def tokens = user.getProperty(ApiTokenProperty) ?: new ApiTokenProperty()
    tokens.tokenStore.addFixedNewToken('acceptance', System.getenv('ACCEPTANCE_TOKEN'))
    user.addProperty(tokens)
    jenkins.numExecutors = 0
    jenkins.quietPeriod = 0
    jenkins.save()
}
JenkinsLocationConfiguration.get().url = System.getenv('ACCEPTANCE_URL')
